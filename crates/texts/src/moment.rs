//! When was it? Days and times, as each language writes them.

use core::fmt::Write as _;

use icu_calendar::Gregorian;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_locale_core::{Locale, locale};
use icu_time::ZonedDateTime;
use icu_time::zone::UtcOffset;

use crate::Language;

/// A moment, as pages and letters say it: in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(
    /// Unix seconds.
    pub u64,
);

impl Moment {
    /// For `datetime` of HTML's `<time>`.
    #[must_use]
    pub fn datetime(self) -> String {
        self.fields(|[year, month, day, hour, minute, _]| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}Z")
        })
    }

    /// For programs: RFC 3339, to the second.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.fields(|[year, month, day, hour, minute, second]| {
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        })
    }

    /// Day and time, for people.
    #[must_use]
    pub fn text(self, language: Language) -> String {
        let day = self.day(language);
        let comma = match language {
            Language::Arabic => '،',
            Language::English | Language::German | Language::Spanish => ',',
        };
        self.fields(|[_, _, _, hour, minute, _]| format!("{day}{comma} {hour:02}:{minute:02} UTC"))
    }

    /// The day alone, for people.
    #[must_use]
    pub fn day(self, language: Language) -> String {
        let mut text = String::new();
        let Some(moment) = self.zoned() else {
            return text;
        };
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, _>::try_new(
            locale(language).into(),
            YMD::long(),
        );
        if let Ok(formatter) = formatter {
            let date = moment.date.to_calendar(Gregorian);
            // Writing into memory does not fail.
            let _ = write!(text, "{}", formatter.format(&date));
        }
        text
    }

    fn zoned(self) -> Option<ZonedDateTime<icu_calendar::Iso, UtcOffset>> {
        // Beyond the year 9999 there is no RFC 3339 for it.
        let seconds = i64::try_from(self.0)
            .ok()
            .filter(|seconds| *seconds < 253_402_300_800)?;
        Some(ZonedDateTime::from_epoch_milliseconds_and_utc_offset(
            seconds * 1000,
            UtcOffset::zero(),
        ))
    }

    /// Year, month, day, hour, minute, second.
    fn fields(self, shown: impl FnOnce([i32; 6]) -> String) -> String {
        let Some(moment) = self.zoned() else {
            return String::new();
        };
        let (date, time) = (moment.date, moment.time);
        shown([
            date.era_year().year,
            date.month().ordinal.into(),
            date.day_of_month().0.into(),
            u8::from(time.hour).into(),
            u8::from(time.minute).into(),
            u8::from(time.second).into(),
        ])
    }
}

/// British order of day and month, and digits that codes and addresses on the same page
/// have.
const fn locale(language: Language) -> Locale {
    match language {
        Language::English => locale!("en-GB"),
        Language::German => locale!("de"),
        Language::Spanish => locale!("es"),
        Language::Arabic => locale!("ar-EG-u-nu-latn"),
    }
}
