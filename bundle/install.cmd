@echo off
rem Sets up Vielfalt from this folder, without a network: double-click.
chcp 65001 >nul
set PYTHONUTF8=1
cd /d "%~dp0"
set /p WANTED=<python-version.txt
py -%WANTED% -c "" 2>nul
if errorlevel 1 (python install.py) else (py -%WANTED% install.py)
pause
