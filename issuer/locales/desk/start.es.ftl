start-title = ¿Qué vamos a hacer?
