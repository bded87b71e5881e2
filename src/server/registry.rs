//! Which frames may be asked for, under names that nobody can guess.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frame_file::FrameFile;

/// The path of one registration: 128 bits from the system's random number generator, so that a page in the browser can
/// load the frames whose URLs it has and no others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Token(u128);

impl Token {
    const DIGITS: usize = 32;

    /// # Errors
    /// If the system gives no random bytes.
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(u128::from_le_bytes(bytes)))
    }

    /// Reads the spelling that `Display` writes, and no other.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let spelled =
            text.len() == Self::DIGITS && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        spelled
            .then(|| u128::from_str_radix(text, 16).ok().map(Self))
            .flatten()
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Logs are no place for it.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// The registered frames. A request names a token and never a path, so nothing else on disk can be reached.
#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<HashMap<Token, Arc<FrameFile>>>);

impl Registry {
    pub(super) fn add(&self, frames: impl IntoIterator<Item = (Token, FrameFile)>) {
        let frames = frames.into_iter().map(|(token, frame)| (token, Arc::new(frame)));
        self.lock().extend(frames);
    }

    pub(super) fn remove<'a>(&self, tokens: impl IntoIterator<Item = &'a Token>) {
        let mut frames = self.lock();
        for token in tokens {
            frames.remove(token);
        }
    }

    pub(super) fn get(&self, token: Token) -> Option<Arc<FrameFile>> {
        self.lock().get(&token).map(Arc::clone)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// No change to the map is left half done by a panic, so a poisoned lock guards a sound map.
    fn lock(&self) -> MutexGuard<'_, HashMap<Token, Arc<FrameFile>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        for number in [0, 1, u128::MAX, u128::MAX / 3] {
            assert_eq!(Token::parse(&Token(number).to_string()), Some(Token(number)));
        }
        let written = Token(0xabc).to_string();
        for other in [
            &written[1..],
            &written.to_uppercase(),
            &format!("0{written}"),
            &format!("+{}", &written[1..]),
            "",
        ] {
            assert_eq!(Token::parse(other), None, "{other}");
        }
    }

    #[test]
    fn no_two_are_equal() {
        let one = Token::random().expect("random bytes");
        assert_ne!(one, Token::random().expect("random bytes"));
    }
}
