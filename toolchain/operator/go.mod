module ecs-release/toolchain/operator

go 1.26

// Only its files are read, nothing of it is built: it carries the schema of the operator's resources.
require github.com/pulumi/pulumi-kubernetes-operator v1.16.0
