module linkerd-autofix.io/tests/cluster/injector

go 1.24.0
