"""The only code that talks to the cloud. Imports the Alibaba Cloud SDKs and the domain."""
