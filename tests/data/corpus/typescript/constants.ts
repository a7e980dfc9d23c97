export const INJECT = "linkerd.io/inject" as const;
export const KEYS = [INJECT, "config.linkerd.io/proxy-await"];
