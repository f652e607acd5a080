start-title = Que faut-il faire ?
