//! What the account area writes to people.

use super::sql::User;
use crate::{
    Cx,
    provider::mail::{Mail, letter},
};

pub(super) fn verify(cx: &Cx, email: &str, name: &str, token: &str) -> Mail {
    letter(
        email,
        "Confirm your e-mail address",
        name,
        "Welcome to Synapse. Please confirm that this is your address, and your account is ready.",
        Some(("Confirm e-mail address", &cx.link(&format!("/verify?token={token}")))),
        "The link works once and for 48 hours. If you did not sign up, you can ignore this mail.",
    )
}

pub(super) fn already_known(cx: &Cx, user: &User) -> Mail {
    letter(
        &user.email,
        "You already have an account",
        &user.name,
        "Somebody, probably you, has just tried to sign up with this address. You already have an account: sign in, or choose a new password if you have forgotten yours.",
        Some(("Sign in", &cx.link("/login"))),
        "If this was not you, there is nothing to do.",
    )
}

pub(super) fn reset(cx: &Cx, user: &User, token: &str) -> Mail {
    letter(
        &user.email,
        "Choose a new password",
        &user.name,
        "You asked for a new password. Choose it within the next hour; all your devices will be signed out.",
        Some(("Choose a new password", &cx.link(&format!("/reset?token={token}")))),
        "If you did not ask for this, you can ignore this mail: your password stays as it is.",
    )
}
