variable "annotations" {
  description = "Annotations of pods, such as linkerd.io/inject"
  type        = map(string)
  default     = { "linkerd.io/inject" = "enabled" }
}
