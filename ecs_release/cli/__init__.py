"""The command ecs-release. Imports runner, gateway, domain and stacks; not Pulumi's SDK."""
