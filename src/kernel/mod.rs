//! The only code that changes the system. One method is one call is one recorded [`Call`].
//!
//! What is recorded is what a learner should see. The bench's own plumbing (its socket, terminal
//! hand-over, reading of /proc) is not a primitive and makes no `Call`.

// clippy.toml sends everybody else here.
#![allow(clippy::disallowed_methods)]

mod border;
mod cgroup;
mod copy;
mod file;
mod fscontext;
mod helper;
mod ipc;
mod kcmp;
mod keyring;
mod landlock;
mod limit;
mod memory;
mod mount;
mod netlink;
mod netlink_text;
mod notify;
mod ns;
mod nsfs;
mod pidfd;
mod privilege;
mod probe;
mod process;
mod provoke;
mod rootless;
mod seccomp;
mod signal;
mod socket;
mod terminal;
mod trial;
mod unpack;

pub use cgroup::lock_dir;
pub use copy::{Copied, copy_tree};
pub use fscontext::Setting;
pub use kcmp::RESOURCES as KCMP;
pub use landlock::LANDLOCK_RIGHTS;
pub use mount::{
    FLAGS as MOUNT_FLAGS, attributes_of as mount_attributes_of, flags_of as mount_flags_of, flags_text as mount_flags_text,
};

pub use ipc::SysV;
pub use limit::{Policy, nice, policy, rlimit, take_short_turns};
pub use memory::{SharedMark, forget_code};
pub use netlink::{Heard, Netlink};
pub use notify::{Asked, Reply, listen_for_calls, plumbing_receive, plumbing_send};
pub use nsfs::{NsQuestion, ns_id, ns_init, ns_owner, ns_owner_uid, ns_parent};

pub use pidfd::next_signal;
pub use privilege::{Ambient, CapSets, bounding_set, groups, is_subreaper, securebits, stay_dumpable};
pub use process::{
    Birth, Fork, Program, adopt_orphans, die_with_parent, end_with_parent, exit_now, fork_shell, fork_worker, has_ended_child,
    has_news, keep_from_programs, pidfd_open, plumbing_kill, plumbing_signal, shield_from_oom,
};
pub use provoke::{await_failure, fail_if_asked};
pub use rootless::become_root;
pub use seccomp::Instruction;
pub use signal::{
    alarm_in, handle_interrupt_before_editor, handle_signal, interrupt_editor, interrupted, is_to_end, remember_interrupts,
    wake_up,
};
pub use socket::{Speaks, hear};
pub use terminal::{
    MODES_RESET, SCREEN_ENTER, SCREEN_LEAVE, can_be_woken, lead_session_on, leave_background_alone, owns_terminal,
    remember_modes, restore_modes, set_variable, set_window_size, stop_group, stop_self, take_terminal_back, terminal_gone,
    terminal_owner, terminal_size, wait_for_foreground, window_size,
};
pub use trial::trial;

use socket::extended_answers;
pub use unpack::{Unpacked, nameless_file, unpack, walk};

use crate::model::{Arg, Call};
use nix::errno::Errno;
use std::os::fd::RawFd;

/// Makes calls and remembers each with its answer.
#[derive(Default)]
pub struct Kernel {
    calls: Vec<Call>,
    sink: Option<Sink>,
}

type Sink = Box<dyn FnMut(&Call)>;

impl Kernel {
    /// A recorder that keeps the calls until [`Kernel::take`].
    pub fn new() -> Kernel {
        Kernel::default()
    }

    /// A recorder that also hands on each call at once, so that nothing is lost when the process dies in mid-command.
    pub fn with_sink(sink: impl FnMut(&Call) + 'static) -> Kernel {
        Kernel { calls: Vec::new(), sink: Some(Box::new(sink)) }
    }

    /// The calls made so far; the record starts anew.
    pub fn take(&mut self) -> Vec<Call> {
        std::mem::take(&mut self.calls)
    }

    /// The calls made so far.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Remembers a call and passes its answer on.
    fn record(&mut self, name: &str, args: Vec<Arg>, answer: Result<i64, Errno>) -> Result<i64, Errno> {
        let call = Call { name: name.into(), args, answer: answer.map_err(|errno| errno as i32) };
        if let Some(sink) = &mut self.sink {
            sink(&call);
        }
        self.calls.push(call);
        answer
    }
}

fn raw(text: impl Into<String>) -> Arg {
    Arg::Raw(text.into())
}

/// What a descriptor of this process is open on, as its link in /proc/self/fd has it (proc_pid_fd(5)): a path, `net:[4026532177]`,
/// `socket:[4711]`. It is how `strace -y` prints it.
///
/// Errors: ENOENT where there is no such descriptor, or no /proc.
pub fn open_on(fd: RawFd) -> Result<String, Errno> {
    nix::fcntl::readlink(format!("/proc/self/fd/{fd}").as_str()).map(|text| text.to_string_lossy().into_owned())
}

/// The answer of a raw system call: libc returns -1 and sets errno.
fn answer(value: i64) -> Result<i64, Errno> {
    if value == -1 { Err(Errno::last()) } else { Ok(value) }
}
