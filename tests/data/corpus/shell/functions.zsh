mesh() {
  local pod=$1; shift
  kubectl annotate pod "$pod" "linkerd.io/inject=${1:-enabled}" "viz.linkerd.io/disable-tap=true"
}
unmesh() { kubectl annotate pod "$1" linkerd.io/inject-; }
