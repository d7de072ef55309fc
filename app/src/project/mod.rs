//! Projects on screen: the list, the wizard, the overview, the settings.

mod api;
mod card;
mod code_editor;
mod config_form;
mod create_page;
mod data_page;
mod data_type;
mod list_page;
mod overview_page;
mod people;
mod preview;
mod settings_page;
mod tabs;
mod template_gallery;

pub use self::{
    create_page::CreatePage,
    data_page::DataPage,
    list_page::ListPage,
    overview_page::OverviewPage,
    settings_page::SettingsPage,
    tabs::{ProjectTabs, project_id_param},
};
