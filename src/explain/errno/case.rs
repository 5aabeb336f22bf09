//! A failure as the rows see it, and what they answer.

use super::Row;
use crate::explain::cap::{Cap, holds};
use crate::model::{ALL_CAPS, Arg, Call, Cause, Creds, FileLive, IdMap, Live, Msg, NsId, NsKind, Standing, caps_msg};
use nix::errno::Errno;

/// A call that failed, and the state in which it did.
pub struct Case<'a> {
    /// The call.
    pub call: &'a Call,
    /// With this.
    pub errno: Errno,
    /// In this state.
    pub live: &'a Live,
}

/// What a row says of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// None: the row is not about this case at all.
    pub standing: Option<Standing>,
    /// What was seen.
    pub seen: Option<Msg>,
    /// What to do here, in place of the row's general advice.
    pub next: Option<Msg>,
}

/// Live state shows it.
pub fn yes() -> Verdict {
    Verdict { standing: Some(Standing::Confirmed), ..Verdict::default() }
}

/// Nothing decides.
pub fn maybe() -> Verdict {
    Verdict { standing: Some(Standing::Possible), ..Verdict::default() }
}

/// Live state refutes it.
pub fn no() -> Verdict {
    Verdict { standing: Some(Standing::Refuted), ..Verdict::default() }
}

/// Another case altogether.
pub fn apart() -> Verdict {
    Verdict::default()
}

/// For rows that no command of this shell can come to: they stand in the table for those who ask.
pub fn unreached(_: &Case<'_>) -> Verdict {
    apart()
}

/// For rows that nothing can decide.
pub fn undecided(_: &Case<'_>) -> Verdict {
    maybe()
}

/// For rows that are the only possible reason of their call and errno.
pub fn always(_: &Case<'_>) -> Verdict {
    yes()
}

/// Confirmed or refuted.
pub fn decide(so: bool) -> Verdict {
    if so { yes() } else { no() }
}

/// Confirmed or refuted, where it is known.
pub fn known(so: Option<bool>) -> Verdict {
    so.map_or_else(maybe, decide)
}

impl Verdict {
    /// What was seen.
    pub fn seen(mut self, en: impl Into<String>, zh: impl Into<String>) -> Verdict {
        self.seen = Some(Msg::new(en, zh));
        self
    }

    /// What to do, where it is confirmed or possible.
    pub fn next(mut self, en: impl Into<String>, zh: impl Into<String>) -> Verdict {
        self.next = Some(Msg::new(en, zh));
        self
    }

    /// Lines to type, one after the other.
    pub fn lines(self, lines: &[&str]) -> Verdict {
        let quoted: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
        self.next(quoted.join(", then "), quoted.join("，然后 "))
    }

    /// As one of the causes.
    pub fn cause(self, row: &Row, standing: Standing) -> Cause {
        let why = match self.seen.filter(|_| standing != Standing::Refuted) {
            Some(seen) => {
                Msg::new(format!("{}. Here: {}", row.cause.en, seen.en), format!("{}。此处：{}", row.cause.zh, seen.zh))
            }
            None => row.cause.into(),
        };
        let general = (!row.next.en.is_empty()).then(|| Msg::from(row.next));
        Cause { row: row.id.into(), standing, why, next: self.next.or(general).filter(|_| standing != Standing::Refuted) }
    }
}

impl Case<'_> {
    /// Does the call have this flag?
    pub fn flag(&self, name: &str) -> bool {
        self.call.args.iter().any(|arg| super::fits(arg, name))
    }

    /// The namespaces that its flags name.
    pub fn kinds(&self) -> Vec<NsKind> {
        NsKind::ALL.into_iter().filter(|kind| self.flag(kind.row().flag_name)).collect()
    }

    /// Has the caller this capability over what `over` owns?
    pub fn may(&self, cap: Cap, over: Option<NsId>) -> Option<bool> {
        holds(self.live, &self.live.caller, cap, over?)
    }

    /// The caller's own user namespace.
    pub fn home(&self) -> Option<NsId> {
        self.live.caller.ns_id(NsKind::User)
    }

    /// The owner of the caller's namespace of this kind.
    pub fn owner(&self, kind: NsKind) -> Option<NsId> {
        self.live.owners.get(&kind).copied()
    }

    /// The caller's identity.
    pub fn creds(&self) -> Option<&Creds> {
        self.live.caller.creds.is()
    }

    /// Who made the call, in words.
    pub fn who(&self) -> Msg {
        match self.live.inside {
            true => Msg::new("the subject", "被观察进程"),
            false => Msg::new("the observer", "观察者"),
        }
    }

    /// `the subject has no CAP_SYS_ADMIN in user:[…]`, in words.
    pub fn lacks(&self, cap: Cap, over: Option<NsId>) -> Msg {
        let who = self.who();
        let over = over.map_or("user:[?]".into(), |id| format!("user:[{}]", id.ino));
        let (uid, set) = self.creds().map_or((0, 0), |creds| (creds.euid, creds.cap_eff));
        let set = caps_msg(set, ALL_CAPS);
        let home = self.home().map_or("?".into(), |id| id.ino.to_string());
        Msg::new(
            format!(
                "{} (uid {uid} outside, in user:[{home}] with effective capabilities: {}) has no {} in {over}",
                who.en,
                set.en,
                cap.name()
            ),
            format!("{}（外部 uid 为 {uid}，在 user:[{home}] 中的有效权能：{}）在 {over} 中没有 {}", who.zh, set.zh, cap.name()),
        )
    }

    /// A text argument.
    pub fn text(&self, at: usize) -> Option<&str> {
        match self.call.args.get(at)? {
            Arg::Str(text) | Arg::Raw(text) | Arg::Reply(text, _) => Some(text),
            Arg::Fd(_, path) => Some(path),
        }
    }

    /// What is at the first path, at the second, …
    pub fn file(&self, at: usize) -> Option<&FileLive> {
        self.live.files.get(at)
    }

    /// What is at the path that is this argument.
    pub fn at(&self, arg: usize) -> Option<&FileLive> {
        let path = self.text(arg)?;
        self.live.files.iter().find(|file| file.path == path)
    }

    /// A limit as the subject itself reads it.
    pub fn inside(&self, name: &str) -> Option<u64> {
        let inside = self.live.caller.inside.as_ref().filter(|_| self.live.inside)?;
        inside.limits.get(name).copied()
    }

    /// Does one of these maps give `id`, as the observer counts, a number inside?
    pub fn mapped(maps: &[IdMap], id: u32) -> bool {
        maps.iter().any(|map| id.checked_sub(map.outside).is_some_and(|offset| offset < map.count))
    }
}
