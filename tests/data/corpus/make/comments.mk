# linkerd.io/inject is set in the chart.
all: ; @echo "linkerd.io/inject"
