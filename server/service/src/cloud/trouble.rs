//! What storages say when they refuse, in words for people.

use std::error::Error as StdError;

use domain::{Error as Problem, Kind};

/// What went wrong with a storage.
pub(super) fn told(error: &object_store::Error) -> Problem {
    if let Some(problem) = refusal_in(error) {
        return problem;
    }
    let text = format!("{error} {}", error.source().map(ToString::to_string).unwrap_or_default());
    tracing::debug!(error = text, "a storage refused");
    let says = |part: &str| text.contains(part);
    if ["InvalidRange", "status code: 416", "Wanted range starting"].into_iter().any(says) {
        return Problem::invalid("src", "media_range", "The object has no bytes there.");
    }
    let (field, code, message) = if says("InvalidAccessKeyId") || says("NotSignedUp") {
        ("access_key_id", "storage_unknown_key", "The storage does not know this access key.".to_owned())
    } else if says("SignatureDoesNotMatch") {
        let message = "The secret key does not belong to this access key.".to_owned();
        ("secret_access_key", "storage_wrong_key", message)
    } else if says("ExpiredToken") || says("InvalidToken") {
        ("session_token", "storage_token_expired", "The session token is not good any more.".to_owned())
    } else if says("AuthenticationFailed") || says("invalid_grant") || says("Invalid JWT") {
        ("credentials", "storage_wrong_key", "The storage does not accept this key.".to_owned())
    } else if says("NoSuchBucket") || says("ContainerNotFound") || says("bucket does not exist") {
        ("bucket", "storage_no_bucket", "There is no bucket or container of this name.".to_owned())
    } else if says("PermanentRedirect") || says("AuthorizationHeaderMalformed") || says("eceived redirect") {
        ("region", "storage_wrong_region", "The bucket is in another region than this.".to_owned())
    } else if matches!(
        error,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }
    ) || ["AccessDenied", "status code: 401", "status code: 403"].into_iter().any(says)
    {
        let message =
            "The storage refuses this: these keys do not have the right, or there is no such bucket.".to_owned();
        ("credentials", "storage_forbidden", message)
    } else if let object_store::Error::NotFound { .. } = error {
        return Problem::new(Kind::NotFound, "storage_no_object", "There is no such object in the storage.").on("src");
    } else if let object_store::Error::InvalidPath { .. } = error {
        let message = "There is a key among the objects that cannot be used: one with empty parts, “.” or “..” in it.";
        ("prefix", "storage_odd_key", message.to_owned())
    } else if let Some(code) = between(&text, "<Code>", "</Code>") {
        ("endpoint", "storage_refused", format!("The storage answered “{code}”."))
    } else if let Some(status) = between(&text, "status code: ", ":") {
        ("endpoint", "storage_refused", format!("The storage answered with the status {status}."))
    } else if says("private key") || says("PEM") || says("decode") || says("credential") {
        ("credentials", "storage_wrong_key", "These keys cannot be read. Please copy them again.".to_owned())
    } else {
        let message = "The storage could not be reached, or broke off. Please check its address.".to_owned();
        ("endpoint", "storage_unreachable", message)
    };
    Problem::invalid(field, code, message)
}

/// What our own guard has said, however deep.
fn refusal_in(error: &object_store::Error) -> Option<Problem> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(problem) = error.downcast_ref::<Problem>() {
            return Some(problem.clone());
        }
        cause = error.source();
    }
    None
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    let is_plain = |character: char| character.is_ascii_alphanumeric() || " -_.".contains(character);
    (found.len() <= 60 && found.chars().all(is_plain)).then_some(found.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: text.to_owned().into() }
    }

    #[test]
    fn storages_are_understood() {
        for (text, code) in [
            ("Client error with status code: 403 Forbidden: <Code>InvalidAccessKeyId</Code>", "storage_unknown_key"),
            ("<Code>SignatureDoesNotMatch</Code>", "storage_wrong_key"),
            ("<Code>NoSuchBucket</Code>", "storage_no_bucket"),
            ("<Code>AccessDenied</Code>", "storage_forbidden"),
            ("non-2xx status code: 403 Forbidden: ", "storage_forbidden"),
            ("Received redirect without LOCATION", "storage_wrong_region"),
            ("<Code>SlowDown</Code>", "storage_refused"),
            ("status code: 416 Range Not Satisfiable: ", "media_range"),
            ("status code: 502 Bad Gateway: no", "storage_refused"),
            ("error trying to connect", "storage_unreachable"),
        ] {
            assert_eq!(told(&generic(text)).code, code, "{text}");
        }
        assert_eq!(told(&generic("<Code>SlowDown</Code>")).message, "The storage answered “SlowDown”.");
        assert_eq!(told(&generic("<Code><script>1</script></Code>")).code, "storage_unreachable", "and not repeated");
        let ours = Problem::invalid("endpoint", "url_private", "No.");
        let wrapped = object_store::Error::Generic { store: "S3", source: Box::new(ours.clone()) };
        assert_eq!(told(&wrapped), ours);
    }
}
