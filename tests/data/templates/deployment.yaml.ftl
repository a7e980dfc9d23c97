<#-- The deployment of a service -->
<#assign name = service.name>
kind: Deployment
apiVersion: apps/v1
metadata:
  name: ${name?lower_case}
spec:
  replicas: ${replicas?c}
  template:
    metadata:
      annotations:
<#list annotations?keys as key>
        ${key}: "${annotations[key]}"
</#list>
<#if native>
        config.linkerd.io/proxy-native-sidecar: "true"
<#else>
        linkerd.io/inject: disabled
</#if>
