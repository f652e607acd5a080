start-title = O que vamos fazer?
