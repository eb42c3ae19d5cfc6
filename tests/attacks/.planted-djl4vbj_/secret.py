secret = "planted-63e30789f9f798c91226cc76ec85be8c"
