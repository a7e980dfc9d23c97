annotate() {
  local ns=$1
  if ! kubectl annotate --overwrite ns "$ns" '@KEY@'='@VALUE@'; then
    echo "cannot annotate $ns" >&2
    return 1
  fi
}
annotate shop
