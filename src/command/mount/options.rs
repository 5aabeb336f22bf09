//! Mount options as words: which are flags of the mount, which are for the filesystem.

use crate::command::Stop;
use crate::kernel::MOUNT_FLAGS;
use crate::model::Msg;

/// Options, sorted out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Flags of mount(2).
    pub ms: u64,
    /// Attributes that mount_setattr(2) sets.
    pub set: u64,
    /// Attributes that it clears.
    pub clear: u64,
    /// `rec`: for the mounts below it, too.
    pub recursive: bool,
    /// What is left, for the filesystem.
    pub data: Vec<String>,
}

impl Options {
    /// From `ro,nosuid,size=1M`.
    pub fn parse(text: &str) -> Options {
        let mut found = Options::default();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            let flag = MOUNT_FLAGS.iter().find(|flag| word == flag.word || word == flag.undo);
            match (word, flag) {
                ("rec", _) => found.recursive = true,
                (_, Some(flag)) if word == flag.word => {
                    found.ms |= flag.ms;
                    found.set |= flag.attr;
                    found.clear &= !flag.attr;
                }
                (_, Some(flag)) => {
                    found.ms &= !flag.ms;
                    found.set &= !flag.attr;
                    found.clear |= flag.attr;
                }
                (_, None) => found.data.push(word.into()),
            }
        }
        found
    }

    /// From several words, all of which must be flags of a mount, or `rec`.
    ///
    /// Errors: Usage names the first that is not.
    pub fn flags_only(text: &str) -> Result<Options, Stop> {
        let found = Options::parse(text);
        let Some(odd) = found.data.first() else { return Ok(found) };
        let list: Vec<String> = MOUNT_FLAGS.iter().map(|flag| format!("{}/{}", flag.word, flag.undo)).collect();
        let list = list.join(" ");
        Err(Stop::Usage(Msg::new(
            format!("`{odd}` is not a flag of a mount: {list} rec"),
            format!("`{odd}` 不是挂载的标志：{list} rec"),
        )))
    }
}

/// A path inside overlay's option text: `\`, `,` and, between lower directories, `:` would end it.
pub fn escape(path: &str) -> String {
    path.chars().flat_map(|c| matches!(c, '\\' | ',' | ':').then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_flags_or_for_the_filesystem() {
        let found = Options::parse("ro,nosuid,size=1M,rec,mode=755");
        assert_eq!((found.ms, found.set, found.recursive), (libc::MS_RDONLY | libc::MS_NOSUID, 3, true));
        assert_eq!(found.data, ["size=1M", "mode=755"]);
        assert_eq!(Options::parse("ro,rw").set, 0);
        assert_eq!(Options::parse("ro,rw").clear, 1);
        assert!(Options::flags_only("ro,size=1M").is_err());
    }

    #[test]
    fn overlay_paths_are_escaped() {
        assert_eq!(escape("/a:b,c\\d"), "/a\\:b\\,c\\\\d");
    }
}
