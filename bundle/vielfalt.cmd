@echo off
rem Opens a window in which the program is called vielfalt: double-click.
chcp 65001 >nul
set PYTHONUTF8=1
set "PATH=%~dp0program\Scripts;%PATH%"
cd /d "%USERPROFILE%"
cmd /k vielfalt --help
