//! What does a form say, and did our own page in this browser send it? Judged from
//! data alone, for every component that has forms.
#![forbid(unsafe_code)]

mod csrf;
mod form;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
mod refusal;

pub use csrf::{
    Brings, CSRF_FIELD, CsrfSeed, FormPurpose, SEED_BYTES, judge_caller, judge_source, judge_token,
};
pub use form::{FORM_MAX_BYTES, Form, FormLimits, encode, is_form_content_type};
pub use refusal::{FormCode, FormRefusal};
