<?php
$id = $_SERVER['HTTP_X_FORWARDED_USER'] ?? '';
if ($id === '') {
    header('Location: /auth/sign-in?return_to=/', true, 303);
    exit;
}
$name = rawurldecode($_SERVER['HTTP_X_FORWARDED_NAME']);
header('Content-Type: text/plain; charset=utf-8');
echo "Hello $name, your id is $id.\n";
