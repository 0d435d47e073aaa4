"""Why the server and h11 may differ: each rule is a sentence, and what has to be true for it.

h11 is lenient where RFC 9112 lets a recipient be, and knows no limits or methods of a server. Zerver is strict there. A rule
looks at what the two say, and at the bytes only where that does not tell.
"""

import re


def _refuses(ours, *words):
    return ours[1] and any(word in ours[2] for word in words)


#: Rules for what the server refuses and h11 accepts. In order: the first that fits is the reason.
STRICTER = [
    ("a line ends with CRLF; h11 takes a line feed alone (RFC 9112 §2.2 lets it)",
     lambda data, theirs, ours: re.search(rb"(?<!\r)\n", data)),
    ("a folded line is refused; h11 unfolds it (RFC 9112 §5.2 allows both)",
     lambda data, theirs, ours: re.search(rb"\r\n[ \t]", data)),
    ("a limit of the server, which h11 does not have",
     lambda data, theirs, ours: _refuses(ours, "414 ", "431 ", "413 ", "too long", "too large")),
    ("a version of HTTP that is not spoken here", lambda data, theirs, ours: _refuses(ours, "505 ")),
    ("an expectation that nobody knows (RFC 9110 §10.1.1)", lambda data, theirs, ours: _refuses(ours, "417 ")),
    ("a method or a coding that is not implemented", lambda data, theirs, ours: _refuses(ours, "501 ")),
    ("a target is checked; h11 takes any visible bytes",
     lambda data, theirs, ours: _refuses(ours, "target", "% must", "* is a target")),
    ("Host is checked; h11 only asks that it is there",
     lambda data, theirs, ours: _refuses(ours, "Host is not", "names no valid host")),
    ("Content-Length stands once; h11 takes a repetition (RFC 9110 §8.6 allows both)",
     lambda data, theirs, ours: _refuses(ours, "Content-Length stands twice", "Content-Length is not a number")),
    ("a length and chunks exclude each other; h11 lets chunks count (RFC 9112 §6.3 allows both)",
     lambda data, theirs, ours: _refuses(ours, "exclude each other")),
    ("chunks in HTTP/1.0 are refused (RFC 9112 §6.1)", lambda data, theirs, ours: _refuses(ours, "HTTP/1.0 has no")),
    ("Content-Type stands once (RFC 9110 §8.3)", lambda data, theirs, ours: _refuses(ours, "Content-Type stands twice")),
    ("Connection is a list of names; h11 does not read what it does not know",
     lambda data, theirs, ours: _refuses(ours, "Connection is a list")),
    ("a chunk extension has no control characters, and no space before it",
     lambda data, theirs, ours: _refuses(ours, "chunk extension", "size of a chunk", "chunk begins")),
    ("a field value has no control characters but tabs; h11 takes some (RFC 9110 §5.5)",
     lambda data, theirs, ours: _refuses(ours, "control character", "a trailer line")),
    ("a carriage return alone; h11 takes it inside a chunk extension, and waits for more behind others",
     lambda data, theirs, ours: _refuses(ours, "carriage return stands alone")),
    ("what cannot become a request any more is refused at once; h11 waits for the end of the head",
     lambda data, theirs, ours: theirs[2] == "waits for more" and theirs[0] == ours[0]),
    ("HTTP/1.0 keeps a connection that asks for it, and reads on; h11 closes it",
     lambda data, theirs, ours: b"HTTP/1.0" in data and theirs == (ours[0], False, "")),
    ("an empty line too many before a request",
     lambda data, theirs, ours: _refuses(ours, "begins with a method") and b"\r\n\r\n\r\n" in data),
]

#: Rules for what h11 refuses and the server accepts, or reads on behind.
OTHERS = [
    ("one empty line before a request is skipped; h11 takes none (RFC 9112 §2.2 asks to skip it)",
     lambda data, theirs, ours: "no request line" in theirs[2]),
    ("HTTP/1.0 keeps a connection that asks for it; h11 closes it",
     lambda data, theirs, ours: b"HTTP/1.0" in data and not theirs[1] and ours[0] > theirs[0]),
    ("trailers mean nothing for the framing; h11 checks them as if they did",
     lambda data, theirs, ours: theirs[0] < ours[0] and b"\r\n0\r\n" in data and "Encoding" in theirs[2] + "Length"),
    ("h11 reads the bytes of a half request at the end as an error; the server closes without an answer",
     lambda data, theirs, ours: "incomplete" in theirs[2] or "too long" in theirs[2]),
    ("h11 refuses what begins like TLS or another protocol as soon as it sees it",
     lambda data, theirs, ours: "illegal request line" in theirs[2] and theirs[0] == ours[0] and not ours[1]),
]


def reason(data: bytes, theirs: tuple, ours: tuple) -> str | None:
    """The sentence that explains the difference, or `None`."""
    rules = STRICTER if ours[1] and not (theirs[1] and theirs[0] < ours[0]) else OTHERS
    for sentence, holds in rules:
        if holds(data, theirs, ours):
            return sentence
    return None
