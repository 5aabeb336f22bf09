//! Who am I: keeper, shell or subject?
fn main() {}
