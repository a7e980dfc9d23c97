"""The mutating admission webhook: AdmissionReview bytes in, AdmissionReview bytes out.

It imports the public names of ``autofix``; nothing in ``autofix`` imports it.
"""
