"""What this project needs of a Python language host, for machines that cannot have Pulumi's own."""
