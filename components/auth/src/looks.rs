//! The files of an operator's theme: a style sheet, a logo, an icon.

use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use gatelet_theme::Logo;
use gatelet_web::{Answer, kept, monogram};

/// `/auth/theme.css`, where there is one.
pub(crate) fn theme(visit: &Visit<'_>) -> Result<Answer, Failure> {
    let sheet = visit
        .site
        .sign_in
        .theme
        .sheet()
        .ok_or(Problem::not_found())?;
    let content = sheet.as_bytes().to_vec().into();
    Ok(kept("text/css; charset=utf-8", content))
}

/// `/auth/logo`, where we serve it.
pub(crate) fn logo(visit: &Visit<'_>) -> Result<Answer, Failure> {
    match &visit.site.sign_in.theme.logo {
        Some(Logo::Picture { media_type, bytes }) => Ok(kept(media_type, bytes.clone().into())),
        Some(Logo::Path(_)) | None => Err(Problem::not_found().into()),
    }
}

/// `/auth/icon.svg`
pub(crate) fn icon(visit: &Visit<'_>) -> Answer {
    let letter = monogram(visit.arrival.origin.site_name());
    let icon = visit.site.sign_in.theme.icon(&letter);
    kept("image/svg+xml", icon.into_bytes().into())
}
