kubectl patch statefulset db --type=json -p='[{"op":"add","path":"/spec/template/metadata/annotations/@POINTER@","value":@VALUE@}]'
