"""Which Namespaces the namespaceSelector of a webhook selects, by their labels."""

from __future__ import annotations

from collections.abc import Mapping

from autofix.kubeapi.types import LabelRequirement, LabelSelector


def selects(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Tell whether a label selector selects an object.

    Args:
        selector: the selector; None and an empty one select everything.
        labels: the labels of the object.

    Returns:
        True when it does.

    Source: Kubernetes API reference, LabelSelector and MutatingWebhook (namespaceSelector).
    """
    if selector is None:
        return True
    equal = (labels.get(key) == value for key, value in (selector.match_labels or {}).items())
    return all(equal) and all(_holds(requirement, labels) for requirement in selector.match_expressions or ())


def _holds(requirement: LabelRequirement, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(requirement.key), requirement.values or ()
    match requirement.operator:
        case "In":
            return value is not None and value in values
        case "NotIn":
            # An object without the label is selected, too.
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            # The API server stores no other operator. Nothing is said of what is not understood.
            return True
