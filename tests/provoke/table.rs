//! The table as a whole, and rows that no test can come to on a real kernel.

use boxlab::explain::advise;
use boxlab::explain::errno::{meaning, names, rows};
use boxlab::kernel::{Birth, Kernel};
use boxlab::model::errno_named;
use boxlab::model::{Arg, Call, Live, NsId, NsKind, Seen, Standing, UsernsLive};
use boxlab::observe::{Moment, live, process, snapshot};
use nix::errno::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The state of this test's own process.
fn own(call: &Call) -> Live {
    let caller = snapshot(Path::new("/proc"), std::process::id() as i32);
    let host = NsKind::ALL.into_iter().filter_map(|kind| Some((kind, caller.ns_id(kind)?))).collect();
    live(Path::new("/proc"), Moment { call: Some(call), caller, target: None, host: &host, inside: true })
}

fn failed(name: &str, flags: &str, errno: Errno) -> Call {
    Call { name: name.into(), args: vec![Arg::Raw(flags.into())], answer: Err(errno as i32) }
}

fn confirmed(call: &Call, live: &Live) -> Vec<String> {
    let advice = advise(call, live);
    advice.causes.into_iter().filter(|cause| cause.standing == Standing::Confirmed).map(|cause| cause.row).collect()
}

#[test]
fn every_row_has_its_own_name_and_both_languages() {
    let (mut ids, mut wrong) = (BTreeSet::new(), Vec::new());
    for row in rows() {
        if !ids.insert(row.id) {
            wrong.push(format!("{}: twice", row.id));
        }
        if row.cause.en.is_empty() || row.cause.zh.is_empty() || row.next.en.is_empty() != row.next.zh.is_empty() {
            wrong.push(format!("{}: a language is missing", row.id));
        }
        if row.cause.zh.is_ascii() || row.cause.en.ends_with('.') || row.cause.zh.ends_with('。') {
            wrong.push(format!("{}: not Chinese, or a full stop", row.id));
        }
        if row.on.is_empty() || row.on.iter().any(|on| on.split(' ').next().is_none_or(str::is_empty)) {
            wrong.push(format!("{}: of no call", row.id));
        }
        wrong.extend(
            row.errno
                .iter()
                .filter(|errno| meaning(**errno).is_none())
                .map(|errno| format!("{}: {errno:?} has no meaning", row.id)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn errnos_are_found_by_name_and_number() {
    assert_eq!(errno_named("eperm"), Some(Errno::EPERM));
    assert_eq!(errno_named("28"), Some(Errno::ENOSPC));
    assert_eq!(errno_named("EWOULDBLOCK"), Some(Errno::EAGAIN));
    assert_eq!(errno_named("ENOTHING"), None);
    assert!(names().all(|name| errno_named(&name).is_some()));
}

#[test]
fn the_deepest_pid_namespace_is_told_from_a_limit() {
    let call = failed("unshare", "CLONE_NEWPID", Errno::ENOSPC);
    let mut state = own(&call);
    state.caller.nspid = (1..=33).collect();
    assert_eq!(confirmed(&call, &state), ["A11"]);
    state.caller.nspid = vec![1];
    let mut inside = process::inside();
    inside.limits = BTreeMap::from([("max_pid_namespaces".into(), 0)]);
    state.caller.inside = Some(inside);
    assert_eq!(confirmed(&call, &state), ["A13"]);
}

#[test]
fn user_namespaces_nest_so_deep_and_no_deeper() {
    let call = failed("unshare", "CLONE_NEWUSER", Errno::ENOSPC);
    let mut state = own(&call);
    let id = |ino| NsId { dev: 0, ino };
    state.caller.ns.insert(NsKind::User, Seen::Is(id(33)));
    let parent = |ino: u64| (ino > 1).then(|| id(ino - 1));
    state.userns = (1..=33).map(|ino| (ino, UsernsLive { parent: parent(ino), owner_uid: Some(0) })).collect();
    assert_eq!(confirmed(&call, &state), ["A12"]);
}

#[test]
fn policies_are_named() {
    let call = failed("unshare", "CLONE_NEWUSER", Errno::EPERM);
    let mut state = own(&call);
    state.userns_clone = Some(0);
    if let Seen::Is(creds) = &mut state.caller.creds {
        creds.cap_eff = 0;
    }
    assert_eq!(confirmed(&call, &state), ["A4"]);
}

#[test]
fn threads_forbid_a_user_namespace() {
    let call = failed("unshare", "CLONE_NEWUSER", Errno::EINVAL);
    let mut state = own(&call);
    if let Seen::Is(creds) = &mut state.caller.creds {
        creds.threads = 1;
    }
    assert!(confirmed(&call, &state).is_empty());
    if let Seen::Is(creds) = &mut state.caller.creds {
        creds.threads = 3;
    }
    assert_eq!(confirmed(&call, &state), ["A5"]);
}

#[test]
fn where_nothing_is_known_the_errno_itself_is_explained() {
    let call = failed("unheard_of", "0", Errno::ERANGE);
    let advice = advise(&call, &own(&call));
    assert_eq!(advice.causes.len(), 1);
    assert!(advice.causes[0].why.en.contains("out of range"));
}

#[test]
fn a_child_is_born_in_a_cgroup_of_v2_or_not_at_all() {
    use std::os::fd::AsRawFd;
    let dir = std::fs::File::open("/tmp").expect("it is there");
    let mut kernel = Kernel::new();
    let cgroup = Some((dir.as_raw_fd(), "/tmp"));
    assert_eq!(kernel.clone3(Birth { cgroup, ..Birth::default() }).err(), Some(Errno::EBADF));
    let calls = kernel.take();
    assert_eq!(confirmed(&calls[0], &own(&calls[0])), ["A20"]);
}

#[test]
fn flags_and_files_select_rows() {
    let row = |id: &str| rows().find(|row| row.id == id).expect("it is in the table");
    let write = |path: &str| Call { name: "write".into(), args: vec![Arg::Fd(3, path.into())], answer: Err(1) };
    assert!(row("C1").is_about(&write("/proc/7/uid_map")));
    assert!(!row("C1").is_about(&write("/proc/7/setgroups")));
    assert!(row("A8").is_about(&failed("clone3", "{flags=CLONE_NEWUTS|CLONE_NEWPID, exit_signal=SIGCHLD}", Errno::EINVAL)));
    assert!(row("A1").names("clone") && !row("A1").names("setns"));
}
