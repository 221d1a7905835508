"""A local Alibaba Cloud: a process of its own that answers the documented API over HTTP."""
