//! Passwords for the console.

use shape::{Shape, Timestamp};

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LoginProfile {
    pub user_name: String,
    pub create_date: Timestamp,
    pub password_reset_required: bool,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateLoginProfileInput {
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(sensitive, min = 1, max = 128, pattern = r"[\x09\x0A\x0D\x20-\xFF]+")]
    pub password: Option<String>,
    pub password_reset_required: Option<bool>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateLoginProfileInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(sensitive, min = 1, max = 128, pattern = r"[\x09\x0A\x0D\x20-\xFF]+")]
    pub password: Option<String>,
    pub password_reset_required: Option<bool>,
}

/// Of `GetLoginProfile` and `DeleteLoginProfile`: whose; the caller's own where it is left out.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LoginProfileInput {
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LoginProfileOutput {
    pub login_profile: LoginProfile,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ChangePasswordInput {
    #[shape(required, sensitive, min = 1, max = 128, pattern = r"[\x09\x0A\x0D\x20-\xFF]+")]
    pub old_password: String,
    #[shape(required, sensitive, min = 1, max = 128, pattern = r"[\x09\x0A\x0D\x20-\xFF]+")]
    pub new_password: String,
}
