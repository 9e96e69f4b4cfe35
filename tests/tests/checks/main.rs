//! What holds of the built files and of the tests themselves.

mod cited;
mod dependencies;
mod documents;
mod figures;
mod imports;
mod promises;
mod sessions;
mod threats;
mod vault;
