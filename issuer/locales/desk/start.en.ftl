start-title = What is to be done?
