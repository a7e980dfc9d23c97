test("meshed", () => {
  expect(pod.metadata.annotations).toHaveProperty(["linkerd.io/inject"], "enabled");
});
