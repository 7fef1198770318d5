//! Virtual MFA devices.

use shape::{Bytes, Shape, Timestamp};

use super::{Tag, User};

shape::string_enum! {
    /// Which devices a listing shows.
    pub enum AssignmentStatusType { Any = "Any", Assigned = "Assigned", Unassigned = "Unassigned" }
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct VirtualMFADevice {
    pub serial_number: String,
    #[shape(sensitive)]
    pub base32_string_seed: Option<Bytes>,
    #[shape(sensitive, name = "QRCodePNG")]
    pub qr_code_png: Option<Bytes>,
    pub user: Option<User>,
    pub enable_date: Option<Timestamp>,
    pub tags: Option<Vec<Tag>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct MFADevice {
    pub user_name: String,
    pub serial_number: String,
    pub enable_date: Timestamp,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateVirtualMFADeviceInput {
    #[shape(min = 1, max = 512, pattern = r"(/)|(/[\x21-\x7E]+/)")]
    pub path: Option<String>,
    #[shape(required, name = "VirtualMFADeviceName", min = 1, pattern = r"[\w+=,.@-]+")]
    pub virtual_mfa_device_name: String,
    pub tags: Option<Vec<Tag>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateVirtualMFADeviceOutput {
    #[shape(name = "VirtualMFADevice")]
    pub virtual_mfa_device: VirtualMFADevice,
}

/// Two codes that follow each other, of `EnableMFADevice` and `ResyncMFADevice`.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct MFADeviceCodesInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, min = 9, max = 256, pattern = r"[\w+=/:,.@-]+")]
    pub serial_number: String,
    #[shape(required, sensitive, min = 6, max = 6, pattern = r"[\d]+")]
    pub authentication_code1: String,
    #[shape(required, sensitive, min = 6, max = 6, pattern = r"[\d]+")]
    pub authentication_code2: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListMFADevicesInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListMFADevicesOutput {
    #[shape(name = "MFADevices")]
    pub mfa_devices: Vec<MFADevice>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListVirtualMFADevicesInput {
    pub assignment_status: Option<AssignmentStatusType>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListVirtualMFADevicesOutput {
    #[shape(name = "VirtualMFADevices")]
    pub virtual_mfa_devices: Vec<VirtualMFADevice>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeactivateMFADeviceInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(required, min = 9, max = 256, pattern = r"[\w+=/:,.@-]+")]
    pub serial_number: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteVirtualMFADeviceInput {
    #[shape(required, min = 9, max = 256, pattern = r"[\w+=/:,.@-]+")]
    pub serial_number: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct TagMFADeviceInput {
    #[shape(required, min = 9, max = 256, pattern = r"[\w+=/:,.@-]+")]
    pub serial_number: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UntagMFADeviceInput {
    #[shape(required, min = 9, max = 256, pattern = r"[\w+=/:,.@-]+")]
    pub serial_number: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListMFADeviceTagsInput {
    #[shape(required, min = 9, max = 256, pattern = r"[\w+=/:,.@-]+")]
    pub serial_number: String,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}
