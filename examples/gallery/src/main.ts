const gallery = document.querySelector('#gallery')
if (gallery) gallery.textContent = '@org/realtime gallery'
