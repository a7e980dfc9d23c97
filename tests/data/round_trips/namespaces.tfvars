namespaces = {
  shop = {
    annotations = {
      "@KEY@" = @VALUE@
    }
  }
}
