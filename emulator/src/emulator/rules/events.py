"""Which rule a timer runs when it falls due.

Imports the other rules; the gateway and the control calls import it.
"""

from __future__ import annotations

from emulator.rules import (
    arrears,
    conversion,
    disks,
    elastic,
    images,
    lifecycle,
    maintenance,
    release,
    snapshot_policies,
    snapshots,
    spot,
    subscription,
)
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
    "SystemMaintenance.Reboot": maintenance.reboot,
    "SystemMaintenance.Redeploy": maintenance.redeploy,
    "eip-bound": elastic.bound,
    "eip-free": elastic.free,
    "disk-settled": disks.settled,
    "snapshot-progress": snapshots.progress,
    "snapshot-expired": snapshots.expired,
    "image-progress": images.progress,
    "auto-snapshot": snapshot_policies.due,
}
