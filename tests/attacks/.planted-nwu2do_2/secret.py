secret = "planted-8585e10d8dade8e999c7ff38eb3439bf"
