"""From an AdmissionReview to its response."""
