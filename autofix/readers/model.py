"""What a text says about annotations, whatever its language: fragments, and texts inside the text.

A reader knows its language and nothing about rules. A fragment is a group of annotations that belong
together: one mapping, one command, one block. The engine judges it as it judges an object.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar

# Start and end (exclusive) in a text, in characters.
TextSpan = tuple[int, int]
# What is written in place of each character or word, in this order.
Escapes = tuple[tuple[str, str], ...]

# Why a fix is not made in a text; a reader puts one of these, or a sentence of its own, into ``reason``.
LONGER_WORD: Final = "the key is part of a longer word; change it there by hand"
BRANCH: Final = "it stands in one of several branches; change them together by hand"
CONDITION: Final = "it stands under a condition, which may ask for the release; change it by hand"
NOT_UNDERSTOOD: Final = "autofix does not understand the text around it; change it by hand"
REMOVED_TOO: Final = "a native-sidecar key is removed here, too; change them together by hand"
NOT_SET: Final = "it seems to be removed or asked for here, not set; change it by hand"

# How Helm's ``--set`` and Argo CD's parameters write a key, and how a JSON Pointer does (RFC 6901).
HELM_PATH: Final[Escapes] = ((".", "\\."),)
JSON_POINTER: Final[Escapes] = (("/", "~1"),)


class Target(Enum):
    """Whose annotations a fragment sets."""

    POD = "annotations of pods, or of a pod template"
    NAMESPACE = "annotations of a Namespace"
    WORKLOAD = "annotations of an object that makes pods, and does not hand them on"
    LABELS = "labels, or a selector"
    OTHER = "annotations of an object that makes no pods"
    LINKERD_VALUES = "values of Linkerd's own Helm chart; each key is a path with dots"
    UNKNOWN = "annotations; the text does not say of what"


class Delivery(Enum):
    """How a value will reach the object."""

    WRITTEN = "as it stands: a string in quotes is a string, and a boolean is a boolean"
    TEXT = "always as a string, whatever it looks like (kubectl annotate, --set-string, a Terraform map)"
    TYPED = "a tool gives it a type: true becomes a boolean (helm --set, yamlencode)"
    EXPRESSION = "only known when a program has run: a template's action, a variable"


class Branch(Enum):
    """Whether the fragment always takes effect."""

    ALWAYS = "always"
    CONDITIONAL = "under a condition without an alternative"
    ALTERNATIVE = "in one of several branches"


class Setting(NamedTuple):
    """One key that a fragment sets or removes, and its value.

    Attributes:
        key: the key as Linkerd would see it, without escapes and without a prefix of the tool's.
        key_span: where the key stands: exactly what a rename replaces.
        value: what is written: a string for text in quotes and for ``Delivery.TEXT``, else the boolean,
            number or null that Kubernetes or the tool would read. For an expression its text. None while
            ``value_span`` is None: the text does not say the value.
        value_span: where the value stands, without its quotes; None if the value is no literal.
        delivery: how the value will reach the object.
        is_set: whether the text sets the key; False if it removes the key.
        escapes: how another key is written in place of this key.
        quotes: what is written before and behind a value without quotes, to make it a string; None where
            the value has quotes, and where quotes would be part of the value or change nothing.
        to_string: a span and the new text for it, by which the tool delivers this one value as a string, such
            as ``--set`` → ``--set-string``; None if no single word of the tool does that.
        way_out: what a person does to have the value delivered as a string, such as "use --set-string".
    """

    key: str
    key_span: TextSpan
    value: Scalar = None
    value_span: TextSpan | None = None
    delivery: Delivery = Delivery.WRITTEN
    is_set: bool = True
    escapes: Escapes = ()
    quotes: tuple[str, str] | None = None
    to_string: tuple[TextSpan, str] | None = None
    way_out: str = ""


class Fragment(NamedTuple):
    """Annotations that belong together, and what the text says of their owner.

    Attributes:
        target: whose annotations they are.
        settings: keys of any domain, as far as the text names them; at least the keys of Linkerd's.
        namespace: the Namespace of the owner, or the Namespace's own name; empty if the text does not say it.
        name: the name of the owner; empty if the text does not say it.
        kind: the kind of the owner, such as ``Deployment``; empty if the text does not say it.
        branch: whether they always take effect.
        reason: why nothing here may be edited; empty if the reader has understood the text.
        release_reason: why a key that some release reads must keep its name; empty if it need not.
        is_comment: whether it stands in a comment.
    """

    target: Target
    settings: tuple[Setting, ...]
    namespace: str = ""
    name: str = ""
    kind: str = ""
    branch: Branch = Branch.ALWAYS
    reason: str = ""
    release_reason: str = ""
    is_comment: bool = False


class InnerText(NamedTuple):
    """A text of another language inside a text, such as a here-document or a code block.

    Attributes:
        language: the name of its language: ``yaml`` (objects, Helm values or patches), ``json``, or one of a
            reader's ``LANGUAGES``.
        text: the text without the quotes, escapes and indentation of the text around it.
        runs: where it stands in the text around it: pairs of a position in ``text`` and the position of the
            same character outside, for the first character of each run without a gap; in order, and the first
            pair is for position 0.
        escapes: how characters of a new text are written in the text around it.
        holes: parts that a program fills in, such as a template's actions or shell variables. The reader of
            the text around it has put harmless characters there.
        conditions: parts that may take effect or not.
        alternatives: parts of which only one takes effect.
        target: whose annotations its mappings are, as far as the text itself does not say it.
        namespace: the Namespace of its objects; empty if the text around it does not say it.
        reason: why nothing in it may be edited; empty if it may.
        is_patch: whether its objects are merge patches, in which null removes a key (RFC 7396).
    """

    language: str
    text: str
    runs: tuple[TextSpan, ...]
    escapes: Escapes = ()
    holes: tuple[TextSpan, ...] = ()
    conditions: tuple[TextSpan, ...] = ()
    alternatives: tuple[TextSpan, ...] = ()
    target: Target = Target.UNKNOWN
    namespace: str = ""
    reason: str = ""
    is_patch: bool = False


class TextReading(NamedTuple):
    """What a reader has understood of a text.

    Attributes:
        fragments: annotations in the text itself.
        texts: texts of other languages in it.
        unread: spans that the grammar could not read. Keys there are reported, and never edited.
        is_prose: whether the rest of the text is prose, so that keys there are searched for as in plain text.
    """

    fragments: tuple[Fragment, ...] = ()
    texts: tuple[InnerText, ...] = ()
    unread: tuple[TextSpan, ...] = ()
    is_prose: bool = False
