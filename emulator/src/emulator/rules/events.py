"""Which rule a timer runs when it falls due.

Imports the other rules; the gateway and the control calls import it.
"""

from __future__ import annotations

from emulator.rules import arrears, conversion, elastic, lifecycle, release, snapshots, spot, subscription
from emulator.world import Handler

HANDLERS: dict[str, Handler] = {
    "start": lifecycle.start,
    "run": lifecycle.run,
    "stopped": lifecycle.stopped,
    "gone": release.gone,
    "auto-release": release.scheduled,
    "expire": subscription.expire,
    "expired-stop": subscription.stop,
    "expired-release": subscription.end,
    "convert": conversion.finish,
    "arrears-release": arrears.end,
    "reclaim": spot.interrupt,
    "eip-bound": elastic.bound,
    "eip-free": elastic.free,
    "snapshot-half": snapshots.half,
    "snapshot-done": snapshots.done,
    "snapshot-expired": snapshots.expired,
    "image-done": snapshots.image_done,
    "auto-snapshot": snapshots.automatic,
}
