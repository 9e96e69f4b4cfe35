//! The README repeats the results' summary between two lines of its own.

use std::fs;

use gatelet_tests::repository;

const BEGIN: &str =
    "<!-- speed: written by `make bench`, as in bench/RESULTS.md, held to it by a test -->";
const END: &str = "<!-- end of speed -->";

/// Puts this text there.
pub(crate) fn write(text: &str) {
    let file = repository().join("README.md");
    let readme = fs::read_to_string(&file).expect("the README");
    let (before, rest) = readme.split_once(BEGIN).expect("the README has the place");
    let (_, after) = rest.split_once(END).expect("the README has its end");
    let readme = format!("{before}{BEGIN}\n\n{text}\n{END}{after}");
    fs::write(file, readme).expect("the checkout is ours");
}
