//! Projects on screen: the list, the wizard, the overview, the settings.

pub mod api;
mod card;
mod code_editor;
mod config_form;
mod create_draft;
mod create_page;
mod data_page;
mod data_type;
mod events;
mod frame;
mod jump;
mod list_page;
mod overview_page;
mod people;
mod rename;
mod settings_labeling;
mod settings_page;
mod state;
mod tabs;
mod template_gallery;
mod unsaved;

pub use self::{
    create_page::CreatePage,
    data_page::DataPage,
    frame::{ProjectFrame, ProjectPage},
    jump::offer_projects,
    list_page::ListPage,
    overview_page::OverviewPage,
    settings_page::SettingsPage,
    tabs::project_id_param,
};
