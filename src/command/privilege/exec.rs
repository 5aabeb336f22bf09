//! What execve(2) makes of capabilities: the rules of capabilities(7) for a file without any of its own.

use crate::model::{ALL_CAPS, Creds};

/// The bit of SECBIT_NOROOT.
const NOROOT: u32 = 1 << 0;

/// The permitted set of an ordinary program (no set-user-ID bit, no file capabilities) that the process runs now.
///
/// With real or effective UID 0 the kernel acts as if the file had all capabilities, unless SECBIT_NOROOT is set: then, and for
/// everybody else, only the ambient set survives. With no_new_privs nothing is gained.
pub fn after_exec(creds: &Creds, root: bool, securebits: u32) -> u64 {
    let permitted = if root && securebits & NOROOT == 0 { creds.cap_inh | creds.cap_bnd & ALL_CAPS } else { creds.cap_amb };
    if creds.no_new_privs { permitted & creds.cap_prm } else { permitted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn creds(prm: u64, bnd: u64, amb: u64, no_new_privs: bool) -> Creds {
        Creds {
            euid: 0,
            egid: 0,
            uids: [0; 4],
            gids: [0; 4],
            groups: Vec::new(),
            cap_eff: prm,
            cap_prm: prm,
            cap_inh: amb,
            cap_bnd: bnd,
            cap_amb: amb,
            no_new_privs,
            seccomp: 0,
            seccomp_filters: 0,
            threads: 1,
            state: 'R',
        }
    }

    #[test]
    fn root_gets_back_what_the_bounding_set_has() {
        assert_eq!(after_exec(&creds(0b001, 0b011, 0, false), true, 0), 0b011);
        assert_eq!(after_exec(&creds(0b001, 0b011, 0, true), true, 0), 0b001);
        assert_eq!(after_exec(&creds(0b001, 0b011, 0, false), true, NOROOT), 0);
    }

    #[test]
    fn others_keep_the_ambient_set_only() {
        assert_eq!(after_exec(&creds(0b111, 0b111, 0b100, false), false, 0), 0b100);
        assert_eq!(after_exec(&creds(0b111, 0b111, 0, false), false, 0), 0);
    }
}
