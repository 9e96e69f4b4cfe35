"""One page with a form, and where whoever sent it is led."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path


def form(request):
    if request.method == "POST":
        return HttpResponseRedirect(request.build_absolute_uri("/sent"))
    token = get_token(request)
    return HttpResponse(
        '<form method="post" action="/form">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        '<input name="text"><button>Send</button></form>'
    )


def who(request):
    return JsonResponse(
        {
            "user": request.user.get_username(),
            "email": getattr(request.user, "email", ""),
            "signed_in": request.user.is_authenticated,
            "secure": request.is_secure(),
            "host": request.get_host(),
        }
    )


urlpatterns = [path("form", form), path("sent", who), path("open/who", who)]
