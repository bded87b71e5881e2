//! The `Range` header.

/// Which bytes a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of them: no range was given, or one to be ignored.
    All,
    /// `len` bytes from `start`; at least one.
    Part { start: u64, len: u64 },
    /// None that exist.
    Nothing,
}

/// Reads the value of a `Range` header for a file of `size` bytes. What is not one range of bytes is ignored, which RFC
/// 9110 (14.2) allows: clients must bear getting everything.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    header
        .and_then(|header| parse(header.trim(), size))
        .unwrap_or(Wanted::All)
}

fn parse(header: &str, size: u64) -> Option<Wanted> {
    let (unit, range) = header.split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let part = |start: u64, end: u64| Wanted::Part {
        start,
        len: end - start,
    };
    if first.is_empty() {
        let suffix = number(last)?.min(size);
        return Some(if suffix == 0 {
            Wanted::Nothing
        } else {
            part(size - suffix, size)
        });
    }
    let first = number(first)?;
    let end = if last.is_empty() {
        size
    } else {
        let last = number(last)?;
        if last < first {
            return None;
        }
        last.saturating_add(1).min(size)
    };
    Some(if first >= size {
        Wanted::Nothing
    } else {
        part(first, end)
    })
}

/// Digits alone: `u64::from_str` would take a sign. A number too large for `u64` lies beyond every file.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_single_ranges() {
        let part = |start, len| Wanted::Part { start, len };
        for (header, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=2-4", part(2, 3)),
            ("BYTES= 2-4", part(2, 3)),
            ("bytes=2-", part(2, 8)),
            ("bytes=9-9", part(9, 1)),
            ("bytes=0-99999999999999999999999", part(0, 10)),
            ("bytes=-3", part(7, 3)),
            ("bytes=-30", part(0, 10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
        ] {
            assert_eq!(wanted(Some(header), 10), expected, "{header}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
        assert_eq!(wanted(Some("bytes=-1"), 0), Wanted::Nothing);
    }

    #[test]
    fn ignores_the_rest() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=4-2",
            "bytes=+1-2",
            "bytes=1-2,4-5",
            "bytes=a-b",
            "lines=1-2",
            "bytes=1--2",
            "bytes=0x1-",
        ] {
            assert_eq!(wanted(Some(header), 10), Wanted::All, "{header}");
        }
        assert_eq!(wanted(None, 10), Wanted::All);
    }
}
