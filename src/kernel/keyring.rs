//! Keys: add_key(2), keyctl(2).

use super::{Kernel, answer, raw};
use crate::model::Arg;
use nix::errno::Errno;
use std::ffi::CString;

const SESSION: i32 = -3;
const GET_KEYRING_ID: i32 = 0;
const JOIN_SESSION_KEYRING: i32 = 1;
const DESCRIBE: i32 = 6;
const READ: i32 = 11;

/// Room for what keyctl(2) answers, in bytes; what is longer is cut off.
const ROOM: usize = 4096;

impl Kernel {
    /// KEYCTL_JOIN_SESSION_KEYRING without a name: a new session keyring for the caller and what it starts later. Gives its serial number.
    ///
    /// Errors: EDQUOT (maxkeys in /proc/sys/kernel/keys); ENOSYS in a kernel without keys.
    pub fn join_session_keyring(&mut self) -> Result<i32, Errno> {
        // SAFETY: for a null pointer the kernel makes an anonymous keyring and reads nothing.
        let got = answer(unsafe { libc::syscall(libc::SYS_keyctl, JOIN_SESSION_KEYRING, std::ptr::null::<u8>()) });
        self.record("keyctl", vec![raw("KEYCTL_JOIN_SESSION_KEYRING"), raw("NULL")], got).map(|id| id as i32)
    }

    /// add_key(2): a key of type user, whose payload nobody but programs makes sense of, in the caller's session keyring.
    ///
    /// Errors: EDQUOT (maxkeys, maxbytes in /proc/sys/kernel/keys); EINVAL for a name above 4095 bytes; EACCES; ENOSYS.
    pub fn add_key(&mut self, name: &str, payload: &str) -> Result<i32, Errno> {
        let c_name = CString::new(name).map_err(|_| Errno::EINVAL)?;
        // SAFETY: two NUL-terminated strings, and as many bytes as are said, all of which outlive the call.
        let got = answer(unsafe {
            libc::syscall(libc::SYS_add_key, c"user".as_ptr(), c_name.as_ptr(), payload.as_ptr(), payload.len(), SESSION)
        });
        let text = |text: &str| Arg::Str(text.into());
        let args = vec![text("user"), text(name), text(payload), raw(payload.len().to_string()), raw("KEY_SPEC_SESSION_KEYRING")];
        self.record("add_key", args, got).map(|id| id as i32)
    }

    /// KEYCTL_GET_KEYRING_ID: the serial number of the caller's session keyring.
    ///
    /// Errors: ENOKEY where there is none; ENOSYS.
    pub fn session_keyring(&mut self) -> Result<i32, Errno> {
        // SAFETY: three integers.
        let got = answer(unsafe { libc::syscall(libc::SYS_keyctl, GET_KEYRING_ID, SESSION, 0) });
        let args = vec![raw("KEYCTL_GET_KEYRING_ID"), raw("KEY_SPEC_SESSION_KEYRING"), raw("0")];
        self.record("keyctl", args, got).map(|id| id as i32)
    }

    /// KEYCTL_DESCRIBE: `type;uid;gid;permissions;name` of a key.
    ///
    /// Errors: ENOKEY, EKEYREVOKED, EKEYEXPIRED; EACCES without the right to view it.
    pub fn describe_key(&mut self, id: i32) -> Result<String, Errno> {
        let (bytes, got) = ask(DESCRIBE, id);
        let text = String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_string();
        let shown = if got.is_ok() { Arg::Str(text.clone()) } else { raw("NULL") };
        self.record("keyctl", vec![raw("KEYCTL_DESCRIBE"), raw(id.to_string()), shown, raw(ROOM.to_string())], got)?;
        Ok(text)
    }

    /// KEYCTL_READ of a keyring: the serial numbers of the keys in it.
    ///
    /// Errors: as [`Kernel::describe_key`], without the right to read it.
    pub fn read_keyring(&mut self, id: i32) -> Result<Vec<i32>, Errno> {
        let (bytes, got) = ask(READ, id);
        let ids: Vec<i32> = bytes.as_chunks().0.iter().map(|word| i32::from_ne_bytes(*word)).collect();
        let shown = if got.is_ok() { format!("{ids:?}") } else { "NULL".into() };
        self.record("keyctl", vec![raw("KEYCTL_READ"), raw(id.to_string()), raw(shown), raw(ROOM.to_string())], got)?;
        Ok(ids)
    }

    /// KEYCTL_READ with no buffer: how long the payload is, in bytes. What it is stays unread: it may be a secret of the host's.
    ///
    /// Errors: as [`Kernel::read_keyring`].
    pub fn key_length(&mut self, id: i32) -> Result<i64, Errno> {
        // SAFETY: with a null pointer and length 0 the kernel writes nothing.
        let got = answer(unsafe { libc::syscall(libc::SYS_keyctl, READ, id, std::ptr::null_mut::<u8>(), 0) });
        self.record("keyctl", vec![raw("KEYCTL_READ"), raw(id.to_string()), raw("NULL"), raw("0")], got)
    }
}

/// What the kernel writes for this operation, cut off where it is longer than the room for it.
fn ask(operation: i32, id: i32) -> (Vec<u8>, Result<i64, Errno>) {
    let mut bytes = vec![0; ROOM];
    // SAFETY: the kernel writes at most as many bytes as it is told that there is room for.
    let got = answer(unsafe { libc::syscall(libc::SYS_keyctl, operation, id, bytes.as_mut_ptr(), bytes.len()) });
    bytes.truncate(got.map_or(0, |length| length as usize));
    (bytes, got)
}
