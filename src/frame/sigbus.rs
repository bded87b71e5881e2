//! Surviving the cut of a mapped file.
//!
//! Reading a page of a mapping that lies beyond the end of its file raises SIGBUS, which ends Node. The
//! technique is that of libwayland's `wl_shm_buffer_begin_access`: while a mapping is being read its range stands
//! in a table; the handler puts anonymous zero pages under the faulting address, notes the cut, and the reader
//! goes on, to find out afterwards.
//! Source: `sigbus_handler` in wayland's `src/wayland-shm.c`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering, compiler_fence};

use libc::{c_int, c_void, siginfo_t};

use super::sigbus_table::{Slot, Table};

#[cfg(not(all(test, feature = "model")))]
static TABLE: Table = Table::new();
#[cfg(all(test, feature = "model"))]
loom::lazy_static! {
    static ref TABLE: Table = Table::new();
}

/// The handler before ours, stored before ours is installed.
static PREVIOUS: OnceLock<libc::sigaction> = OnceLock::new();
static INSTALLED: OnceLock<bool> = OnceLock::new();
/// Asked for before the handler is installed, so that the handler has no call to make.
static PAGE_SIZE: AtomicUsize = AtomicUsize::new(0);

/// While it lives, a SIGBUS inside the range it watches is survived. Drop it before the range is unmapped.
pub(crate) struct Watch {
    slot: &'static Slot,
}

impl Watch {
    /// Watches `len` bytes from `start`, the start of a mapping. `None` if the guard cannot be had: no free
    /// slot, or somebody else's handler stands before ours.
    pub(crate) fn over(start: *const u8, len: usize) -> Option<Self> {
        if !*INSTALLED.get_or_init(install) || !is_ours() {
            return None;
        }
        let page = PAGE_SIZE.load(Ordering::Relaxed);
        let slot = TABLE.claim(start as usize, len.next_multiple_of(page))?;
        // The handler runs on this thread, between two of its instructions. The compiler must not move a read of the range
        // before the claim: a release store does not keep later reads back.
        compiler_fence(Ordering::SeqCst);
        Some(Self { slot })
    }

    /// Whether pages were missing so far.
    pub(crate) fn was_cut(&self) -> bool {
        // Nor may it move one behind this look: an acquire load does not hold earlier reads.
        compiler_fence(Ordering::SeqCst);
        self.slot.was_cut()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.slot.free();
    }
}

fn install() -> bool {
    // SAFETY: `sysconf` has no preconditions.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    let Ok(page) = usize::try_from(page) else {
        return false;
    };
    if !page.is_power_of_two() {
        return false;
    }
    PAGE_SIZE.store(page, Ordering::Relaxed);
    let Some(previous) = current() else { return false };
    PREVIOUS.get_or_init(|| previous);
    replace(&previous)
}

/// Puts our handler in the place of `seen`, which stood there a moment ago.
fn replace(seen: &libc::sigaction) -> bool {
    // SAFETY: an all-zero `sigaction` is valid, and the fields set make it a handler of three arguments.
    // The handler does only what is allowed in one: atomics, `mmap`, `sigaction`, `raise`.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
        libc::sigemptyset(&raw mut action.sa_mask);
        let mut replaced: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(libc::SIGBUS, &raw const action, &raw mut replaced) != 0 {
            return false;
        }
        if replaced.sa_sigaction == seen.sa_sigaction {
            return true;
        }
        // Another thread installed one meanwhile, to which ours would not pass on what it does not know: theirs goes back.
        libc::sigaction(libc::SIGBUS, &raw const replaced, std::ptr::null_mut());
        false
    }
}

fn current() -> Option<libc::sigaction> {
    // SAFETY: a null new action only queries; an all-zero `sigaction` is a valid place to write to.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        (libc::sigaction(libc::SIGBUS, std::ptr::null(), &raw mut action) == 0).then_some(action)
    }
}

fn is_ours() -> bool {
    current().is_some_and(|action| action.sa_sigaction == handler as *const () as usize)
}

extern "C" fn handler(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: with SA_SIGINFO the kernel passes a valid `info`. For a signal somebody sent the address is
    // another member of the union, but every bit pattern is a valid pointer value, and `si_code` is asked first.
    let (sent, address) = unsafe { ((*info).si_code <= 0, (*info).si_addr() as usize) };
    if !sent && cover(address) {
        return;
    }
    chain(signal, info, context, sent);
}

/// Puts zero pages under the rest of the range that holds `address`.
fn cover(address: usize) -> bool {
    let Some((slot, end)) = TABLE.find(address) else {
        return false;
    };
    let page = address & !(PAGE_SIZE.load(Ordering::Relaxed) - 1);
    // SAFETY: `errno` is saved because the handler may run between a call and the look at its `errno`. The
    // pages from `page` to `end` belong to a private read-only mapping of ours that its owner, the interrupted
    // thread, is just reading, so MAP_FIXED replaces nothing of anybody else's.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let mapped = libc::mmap(
            page as *mut c_void,
            end - page,
            libc::PROT_READ,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED,
            -1,
            0,
        );
        *errno = saved;
        if mapped == libc::MAP_FAILED {
            return false;
        }
    }
    slot.note_cut();
    true
}

/// Not our fault: what would have happened without us.
fn chain(signal: c_int, info: *mut siginfo_t, context: *mut c_void, sent: bool) {
    let (action, flags) = PREVIOUS
        .get()
        .map_or((libc::SIG_DFL, 0), |it| (it.sa_sigaction, it.sa_flags));
    if action == libc::SIG_IGN && sent {
        return;
    }
    if action == libc::SIG_DFL || action == libc::SIG_IGN {
        // A real fault comes again when the instruction is repeated, and then ends the process (also where it
        // is ignored: signal(7)). A sent signal must be sent again; it is delivered when this handler returns.
        // SAFETY: both functions are async-signal-safe, and an all-zero action is SIG_DFL.
        unsafe {
            let default: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, &raw const default, std::ptr::null_mut());
            if sent {
                libc::raise(signal);
            }
        }
        return;
    }
    // SAFETY: the previous action was installed as a handler, and its flags say with which of the two signatures.
    unsafe {
        if flags & libc::SA_SIGINFO == 0 {
            std::mem::transmute::<usize, extern "C" fn(c_int)>(action)(signal);
        } else {
            type WithInfo = extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
            std::mem::transmute::<usize, WithInfo>(action)(signal, info, context);
        }
    }
}

// Signals, which Miri has not; and loom's atomics work in a model alone.
#[cfg(all(test, not(feature = "model"), not(miri)))]
mod tests {
    use std::fs::File;
    use std::os::unix::process::ExitStatusExt;

    use memmap2::{Mmap, MmapOptions};

    use super::super::sigbus_table::SLOTS;
    use super::*;
    use crate::testing::{TestDir, in_child};

    const PAGES: usize = 8;

    /// A mapping of [`PAGES`] pages of ones.
    fn map(dir: &TestDir) -> (Mmap, File, usize) {
        let page = usize::try_from(page_size()).expect("a page size");
        let path = dir.file("mapped", &vec![1; PAGES * page]);
        let file = File::options()
            .read(true)
            .write(true)
            .open(path)
            .expect("the file is there");
        // SAFETY: that the file is cut is what is being tested.
        (
            unsafe { MmapOptions::new().map(&file) }.expect("it can be mapped"),
            file,
            page,
        )
    }

    fn page_size() -> i64 {
        // SAFETY: no preconditions.
        unsafe { libc::sysconf(libc::_SC_PAGESIZE) }
    }

    fn byte(map: &Mmap, at: usize) -> u8 {
        // SAFETY: inside the mapping. Volatile, so that the access takes place.
        unsafe { map.as_ptr().add(at).read_volatile() }
    }

    #[test]
    fn a_cut_gives_zeros_and_is_noted() {
        let dir = TestDir::new();
        let (map, file, page) = map(&dir);
        let watch = Watch::over(map.as_ptr(), map.len()).expect("a free slot");
        assert_eq!(byte(&map, 0), 1);
        assert!(!watch.was_cut());
        file.set_len(3 * page as u64).expect("it can be cut");
        assert_eq!(byte(&map, 3 * page - 1), 1);
        assert!(!watch.was_cut());
        assert_eq!(byte(&map, 5 * page + 7), 0);
        assert!(watch.was_cut());
        assert_eq!((byte(&map, PAGES * page - 1), byte(&map, 2 * page)), (0, 1));
        // The page before the first fault faults by itself.
        assert_eq!(byte(&map, 3 * page), 0);
    }

    #[test]
    fn a_full_table_gives_no_watch() {
        let status = in_child("frame::sigbus::tests::a_full_table_gives_no_watch", || {
            let dir = TestDir::new();
            let (map, ..) = map(&dir);
            let mut watches: Vec<Watch> = (0..SLOTS)
                .map(|_| Watch::over(map.as_ptr(), map.len()).expect("a free slot"))
                .collect();
            assert!(Watch::over(map.as_ptr(), map.len()).is_none());
            watches.pop();
            assert!(Watch::over(map.as_ptr(), map.len()).is_some());
        });
        assert!(status.is_none_or(|status| status.success()));
    }

    /// As in Node. Rust's own start-up code has put a handler there (for stack overflows).
    fn reset() {
        // SAFETY: the default action.
        unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
    }

    /// Cuts a mapping that nobody watches, after the guard is installed.
    fn fault_elsewhere() {
        let dir = TestDir::new();
        let (watched, ..) = map(&dir);
        let _watch = Watch::over(watched.as_ptr(), watched.len()).expect("a free slot");
        let (stranger, file, _) = map(&dir);
        file.set_len(0).expect("it can be cut");
        drop(dir);
        byte(&stranger, 0);
        std::process::exit(3);
    }

    #[test]
    fn other_faults_still_end_the_process() {
        let status = in_child(
            "frame::sigbus::tests::other_faults_still_end_the_process",
            fault_elsewhere,
        );
        assert_eq!(
            status.expect("the child does not return").signal(),
            Some(libc::SIGBUS)
        );
    }

    #[test]
    fn sent_signals_still_end_the_process() {
        let status = in_child("frame::sigbus::tests::sent_signals_still_end_the_process", || {
            reset();
            let dir = TestDir::new();
            let (map, ..) = map(&dir);
            let _watch = Watch::over(map.as_ptr(), map.len()).expect("a free slot");
            drop(dir);
            // SAFETY: no preconditions.
            unsafe { libc::raise(libc::SIGBUS) };
            std::process::exit(3);
        });
        assert_eq!(
            status.expect("the child does not return").signal(),
            Some(libc::SIGBUS)
        );
    }

    #[test]
    fn other_faults_reach_the_handler_before_ours() {
        extern "C" fn theirs(_: c_int, _: *mut siginfo_t, _: *mut c_void) {
            // SAFETY: async-signal-safe.
            unsafe { libc::_exit(42) };
        }
        let status = in_child(
            "frame::sigbus::tests::other_faults_reach_the_handler_before_ours",
            || {
                // SAFETY: as in `replace`.
                unsafe {
                    let mut action: libc::sigaction = std::mem::zeroed();
                    action.sa_sigaction = theirs as *const () as usize;
                    action.sa_flags = libc::SA_SIGINFO;
                    libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut());
                }
                fault_elsewhere();
            },
        );
        assert_eq!(status.expect("the child does not return").code(), Some(42));
    }

    #[test]
    fn a_handler_that_came_between_stays() {
        extern "C" fn theirs(_: c_int, _: *mut siginfo_t, _: *mut c_void) {}
        let status = in_child("frame::sigbus::tests::a_handler_that_came_between_stays", || {
            let seen = current().expect("there is one");
            // SAFETY: as in `replace`.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = theirs as *const () as usize;
                action.sa_flags = libc::SA_SIGINFO;
                libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut());
            }
            assert!(!replace(&seen));
            let now = current().expect("there is one");
            assert_eq!(now.sa_sigaction, theirs as *const () as usize);
            assert!(replace(&now) && is_ours());
        });
        assert!(status.is_none_or(|status| status.success()));
    }

    #[test]
    fn no_watch_behind_somebody_elses_handler() {
        let status = in_child(
            "frame::sigbus::tests::no_watch_behind_somebody_elses_handler",
            || {
                let dir = TestDir::new();
                let (map, ..) = map(&dir);
                assert!(Watch::over(map.as_ptr(), map.len()).is_some());
                // SAFETY: the default action.
                unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
                assert!(Watch::over(map.as_ptr(), map.len()).is_none());
            },
        );
        assert!(status.is_none_or(|status| status.success()));
    }
}
