start-title = ما المطلوب؟
