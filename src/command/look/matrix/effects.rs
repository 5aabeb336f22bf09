//! The effects that `matrix` tries: what the process inside does, and how the one outside sees whether it reached out.

use crate::kernel::{Kernel, Speaks, SysV};
use crate::model::Text;
use crate::observe::process::{clocks_now, read};
use netlink_packet_core::{NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkInfo, LinkMessage};
use nix::errno::Errno;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

/// What both sides know of one trial.
pub struct Trial {
    /// Its number: names and keys made of it are not those of another trial.
    pub number: u32,
    /// A directory on a filesystem of the playground's own.
    pub dir: String,
    /// A process of the playground that does nothing, as the playground counts.
    pub victim: i32,
    /// A pipe that was open before the process inside was born.
    pub pipe: (OwnedFd, OwnedFd),
    /// The device of `dir` before.
    pub device: u64,
    /// The process inside, as the playground counts.
    pub child: i32,
}

/// An effect.
pub struct Effect {
    /// What is tried.
    pub name: Text,
    /// By the process inside; what it answers is a number that the other side understands. Errors: it was refused.
    pub inside: fn(&Trial, &mut Kernel) -> Result<i64, Errno>,
    /// By the process outside, while the other one still lives: Some(true) it reached out, Some(false) it did not, None it cannot be told.
    pub leaks: fn(&Trial, &mut Kernel, i64) -> Option<bool>,
}

const fn effect(
    en: &'static str,
    zh: &'static str,
    inside: fn(&Trial, &mut Kernel) -> Result<i64, Errno>,
    leaks: fn(&Trial, &mut Kernel, i64) -> Option<bool>,
) -> Effect {
    Effect { name: Text { en, zh }, inside, leaks }
}

/// All of them, in the order of the rows.
pub const EFFECTS: &[Effect] = &[
    effect(
        "host name",
        "主机名",
        |trial, kernel| kernel.sethostname(&trial.word()).map(|()| 0),
        |trial, _, _| {
            let name = nix::unistd::gethostname().ok()?;
            Some(name.to_string_lossy() == trial.word())
        },
    ),
    effect("mount", "挂载", |trial, kernel| kernel.mount(Some("none"), &trial.dir, Some("tmpfs"), 0, None).map(|()| 0), mounted),
    effect("network device", "网络设备", add_bridge, |trial, _, _| {
        Some(nix::net::if_::if_nametoindex(trial.word().as_str()).is_ok())
    }),
    effect("TCP port", "TCP 端口", take_port, |_, kernel, _| Some(matches!(take_port_again(kernel), Err(Errno::EADDRINUSE)))),
    effect(
        "abstract socket",
        "抽象套接字",
        |trial, kernel| kernel.listen_abstract(&trial.word()).map(keep),
        |trial, kernel, _| Some(kernel.connect_abstract(&trial.word()).is_ok()),
    ),
    effect(
        "System V queue",
        "System V 队列",
        |trial, kernel| kernel.sysv_get(SysV::Queue, trial.key(), true).map(|_| 0),
        |trial, kernel, _| Some(kernel.sysv_get(SysV::Queue, trial.key(), false).is_ok()),
    ),
    effect(
        "POSIX queue",
        "POSIX 队列",
        |trial, kernel| kernel.mq_open(&trial.word(), true).map(keep),
        |trial, kernel, _| Some(kernel.mq_open(&trial.word(), false).is_ok()),
    ),
    effect(
        "user ID",
        "用户 ID",
        |_, _| Ok(nix::unistd::geteuid().as_raw().into()),
        |_, _, inside| Some(inside == i64::from(nix::unistd::geteuid().as_raw())),
    ),
    effect("PID", "PID", |_, _| Ok(std::process::id().into()), |trial, _, inside| Some(inside == i64::from(trial.child))),
    effect("kill", "发信号", kill, |_, _, found| Some(found == 1)),
    effect("cgroup path", "cgroup 路径", |_, _| Ok(digest(&cgroup_file())), same_cgroup_path),
    effect("uptime clock", "开机时钟", |_, _| Ok(boottime()), |_, _, inside| Some(near(inside, boottime()))),
    effect("date", "日期", |_, _| Ok(clocks_now().realtime), |_, _, inside| Some(near(inside, clocks_now().realtime))),
    effect(
        "pipe",
        "管道",
        |trial, _| nix::unistd::write(&trial.pipe.1, b"x").map(|_| 0),
        |trial, _, _| Some(nix::unistd::read(&trial.pipe.0, &mut [0]) == Ok(1)),
    ),
    effect("file", "文件", make_file, |trial, _, _| Some(std::fs::exists(trial.file()).unwrap_or(false))),
    effect("environment", "环境变量", |_, _| Ok(environment()), |_, _, inside| Some(inside == environment())),
    effect("memory size", "内存大小", |_, _| memory(), |_, _, inside| Some(memory().ok()? == inside)),
    effect("kernel", "内核", |_, _| Ok(kernel_release()), |_, _, inside| Some(inside == kernel_release())),
];

/// A port of the playground's own network namespace, where nobody else lives.
const PORT: u16 = 4242;

impl Trial {
    fn word(&self) -> String {
        format!("probe{}", self.number)
    }

    fn key(&self) -> u32 {
        0x626c_0000 + self.number
    }

    fn file(&self) -> String {
        format!("{}/{}", self.dir, self.word())
    }
}

/// The process inside holds it until its end.
fn keep(fd: OwnedFd) -> i64 {
    std::mem::forget(fd);
    0
}

fn mounted(trial: &Trial, kernel: &mut Kernel, _: i64) -> Option<bool> {
    let now = nix::sys::stat::stat(trial.dir.as_str()).ok()?.st_dev;
    let leaks = now != trial.device;
    if leaks {
        kernel.umount2(&trial.dir, true).ok()?;
    }
    Some(leaks)
}

fn add_bridge(trial: &Trial, kernel: &mut Kernel) -> Result<i64, Errno> {
    let mut message = LinkMessage::default();
    message.attributes.push(LinkAttribute::IfName(trial.word()));
    message.attributes.push(LinkAttribute::LinkInfo(vec![LinkInfo::Kind(InfoKind::Bridge)]));
    let socket = kernel.netlink()?;
    let flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    kernel.netlink_send(&socket, RouteNetlinkMessage::NewLink(message), flags)?;
    kernel.netlink_receive(&socket).map(|_| 0)
}

fn take_port(_: &Trial, kernel: &mut Kernel) -> Result<i64, Errno> {
    take_port_again(kernel).map(keep)
}

fn take_port_again(kernel: &mut Kernel) -> Result<OwnedFd, Errno> {
    let socket = kernel.socket(Speaks::Tcp, false, Duration::ZERO)?;
    kernel.bind(&socket, SocketAddr::from(([0, 0, 0, 0], PORT)))?;
    kernel.listen(&socket)?;
    Ok(socket)
}

/// 1: the signal found its process; 0: there is no such process here.
fn kill(trial: &Trial, kernel: &mut Kernel) -> Result<i64, Errno> {
    match kernel.kill(trial.victim, 0) {
        Ok(()) => Ok(1),
        Err(Errno::ESRCH) => Ok(0),
        Err(errno) => Err(errno),
    }
}

fn cgroup_file() -> String {
    read(Path::new("/proc/self/cgroup")).is().cloned().unwrap_or_default()
}

/// Where the playground itself sits at the root of every tree, a view that begins there looks the same.
fn same_cgroup_path(_: &Trial, _: &mut Kernel, inside: i64) -> Option<bool> {
    let own = cgroup_file();
    let at_root = own.lines().all(|line| line.ends_with(":/"));
    (!at_root).then(|| digest(&own) == inside)
}

fn make_file(trial: &Trial, _: &mut Kernel) -> Result<i64, Errno> {
    std::fs::write(trial.file(), "").map(|()| 0).map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))
}

fn boottime() -> i64 {
    let clocks = clocks_now();
    clocks.realtime + clocks.boottime
}

/// Within a minute, in milliseconds.
fn near(one: i64, other: i64) -> bool {
    (one - other).abs() < 60_000
}

fn environment() -> i64 {
    digest(&format!("{:?}", std::env::vars_os().collect::<Vec<_>>()))
}

fn memory() -> Result<i64, Errno> {
    nix::sys::sysinfo::sysinfo().map(|info| info.ram_total() as i64)
}

fn kernel_release() -> i64 {
    nix::sys::utsname::uname().map_or(0, |name| digest(&name.release().to_string_lossy()))
}

fn digest(text: &str) -> i64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() as i64
}
